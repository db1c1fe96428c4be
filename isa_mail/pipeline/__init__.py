"""The journey, joined: the only pages that bring rooms together.

    making.py     section files -> Edition -> RenderedEdition                (`preview`, `check`, `build`)
    checking.py   all of that, and the lists -> findings                     (`check`, `preview`, `build`)
    building.py   RenderedEdition -> the compiled letter -> build/           (`build`)
    previewing.py the same, in memory, for any reader of the lists           (`preview`)
    sending.py    build/ + lists -> the plan -> a yes -> the delivery        (`send`)
    leaving.py    files <-> those who left                                   (`suppress`)
    person.py     everything -> what is stored about one person              (`person`)
    erasure.py    everything -> nothing of one person                        (`suppress --erase`)
    standing.py   journal + build/ -> where an edition stands                (`status`, bare `isa-mail`)

They say what comes after what; what is decided is decided in a room. They never print. Time is passed in.
"""
