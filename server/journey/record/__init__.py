"""One pair as who runs the programme sees it: what happened and what is planned, never what they say or write."""
