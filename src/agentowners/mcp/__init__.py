"""The Model Context Protocol on standard streams: frames read strictly, and the requests in them that are decided."""
