"""Made-up people who live through a programme by themselves: in the simulator, and as the demonstration's history."""
