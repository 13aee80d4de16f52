"""How programmes, their kinds, their groups and their people's places go beside each other."""
