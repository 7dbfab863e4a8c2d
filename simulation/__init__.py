"""A simulated year of the two-level administration of Viet Nam: 34 provinces, 3,321 communes.

What it is for: to try the program on a whole administration whose truth is known. ``make`` writes one year of public-service
dossiers as the messages that agencies send to the national sync, with public interventions, shocks and some offices that
falsify their dates; ``score`` compares what an analysis concluded from those messages with what was really so.

What is not here: nothing of the program. The program never imports this folder; this folder reads from the program only the
directory's data files (units and agencies), so that codes are the same on both sides.

How it is built: a chain of pure steps over columns of numbers, one province at a time.

    procedures, offices      who handles what, how large, how good        (drawn once for a seed)
    shocks, decisions        what changes on which day                    (decided once for a seed)
    arrivals                 which dossiers come, when, through which channel
    handling                 queue, supplements, end, return              (the truth)
    falsification            what some offices claim instead
    sending                  when the sync hears of each fact; ratings
    messages, year           those facts as messages of the sync profile, and all files of a year
    indicators               what an observer computes from the messages  (SQL of its own, shared with no step above)
    truth                    effects: the same year once more without one intervention
    conclusions, score       conclusions against truth

Random numbers are a function of (seed, name of the draw, number of the dossier), never of the order of drawing: taking one
intervention away leaves every other number as it was (common random numbers), so that the difference of two years is the effect.
"""
