"""The builder: a programme's configuration as parts that are prepared in a draft, looked at, and put in force."""
