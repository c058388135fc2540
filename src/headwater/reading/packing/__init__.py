"""How bytes are packed, in which compression or archive, and how they are unpacked safely."""
