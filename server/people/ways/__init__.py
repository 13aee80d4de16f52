"""How somebody likes to work with another, and from where they would like the other to come: asked, never needed."""
