"""The workspace for assistants, over the Model Context Protocol: it reads, and changes nothing.

`answers` holds the questions that may be put, each one of the pages' own queries; `server`
speaks the protocol. What an assistant reads may leave the machine, so it is told what
everybody on the team may read, whoever asks through it: see `access.assistant_of`.
"""
