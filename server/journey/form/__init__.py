"""What the page of a survey shows, and answering it from the link of a mail."""
