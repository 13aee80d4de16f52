"""What a run leaves behind: its proof and fairness audit, who got whom, and how it differs from another run."""
