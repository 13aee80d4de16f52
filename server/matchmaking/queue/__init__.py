"""The living queue: newcomers, who is left alone, places that come free, a re-match seen before it is done."""
