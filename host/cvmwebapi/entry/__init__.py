"""The edge to the browser: frames, requests, questions."""
