"""The people file: read, checked, shown before anything is written, then applied so that nothing gets lost."""
