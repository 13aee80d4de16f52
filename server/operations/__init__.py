"""What an operator does with an installation: back it up, restore it, ask how it is (feature F157)."""
