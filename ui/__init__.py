"""The windows of GravRelief. They talk to ``plugin/``, never to the engine itself."""
