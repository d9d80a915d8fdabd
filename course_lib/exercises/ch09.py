"""The exercises of chapter 09, OpenPose: their cases and hints.

09.2 to 09.4 are in ch09_fields, 09.5 and 09.6 in ch09_parse.
"""

from course_lib.exercises import ch09_cases as cases
from course_lib.exercises.cases import Case, Exercise
from course_lib.exercises.ch09_fields import AVERAGE, INTEGRAL, PAF
from course_lib.exercises.ch09_parse import ASSEMBLE, MATCH

MAP = [
    Case(
        "the peak",
        cases.map_peak,
        (
            "A joint lies on the centre of a cell. How high is the map there?",
            "1, whatever sigma is; x is the column and y the row, and nothing is "
            "divided by the sum.",
            "map[row, column] = exp(-d^2 / (2 sigma^2)), with d = 0 at the joint.",
        ),
    ),
    Case(
        "how wide",
        cases.map_sigma,
        (
            "How high is the map at a distance of sigma?",
            "exp(-1/2) = 0.61: the distance is squared, and divided by 2 sigma^2, as "
            "in the released code.",
            "torch.exp(-(dx**2 + dy**2) / (2 * sigma**2)).",
        ),
    ),
    Case(
        "cells and pixels",
        cases.map_cells,
        (
            "A cell covers 4 x 4 px. Where in the image is the centre of cell 0?",
            "At 1.5, between the pixels 0, 1, 2 and 3: neither at 0 nor at 2.",
            "x = stride * torch.arange(w) + (stride - 1) / 2, and y likewise.",
        ),
    ),
    Case(
        "sigma in px",
        cases.map_pixels,
        (
            "How far apart are the centres of two neighbouring cells?",
            "`stride` px: distances and sigma are both in px of the image, not in "
            "cells.",
            "Take cells to px, and not the joints to cells.",
        ),
    ),
    Case(
        "between cells",
        cases.map_between,
        (
            "A joint lies between the centres of four cells. Which of them is 1?",
            "None: the joint stays where it is, and the distances tell.",
            "No .round(), .long() or // on the joints.",
        ),
    ),
    Case(
        "several people",
        cases.map_people,
        (
            "Two people stand close. How high may the map be between them?",
            "As high as the nearer one makes it. A sum would join the two peaks into "
            "one, even if it is cut at 1.",
            "maps.amax(dim=0), over the people, of maps (P, h, w).",
        ),
    ),
    Case(
        "outside",
        cases.map_outside,
        (
            "A joint is 2 px outside of the map. Is the map empty?",
            "No: the tail of the Gaussian reaches in.",
            "Leave no joint out, and do not clamp it to the map.",
        ),
    ),
    Case(
        "nobody",
        cases.map_nobody,
        (
            "What is the map of no people?",
            "0 everywhere, (h, w), although a maximum over nothing raises.",
            "Add a map of zeros to those of the people before you take the maximum.",
        ),
    ),
]

EXERCISES = [
    Exercise("09.1", MAP),
    Exercise("09.2", PAF),
    Exercise("09.3", AVERAGE),
    Exercise("09.4", INTEGRAL),
    Exercise("09.5", MATCH),
    Exercise("09.6", ASSEMBLE),
]
