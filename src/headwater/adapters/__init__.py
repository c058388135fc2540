"""Technology behind the ports: each adapter is one technology and one port noun."""
