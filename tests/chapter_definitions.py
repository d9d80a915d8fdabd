"""What a chapter defines, taken out of its notebook to be tested, and its answers."""

import ast

from course_lib.notebooks import chapter, code_cells, load_solutions, read


def answers(number):
    """The answers to a chapter's exercises, which are written another way."""
    solutions = load_solutions(chapter(number)).SOLUTIONS
    return {solution.name: solution.reference for solution in solutions}


def definitions(number, names, around):
    """`names` (functions, classes, constants) of a chapter, on top of `around`.

    They are run as they first stand in the notebook, without its data.
    """
    space = dict(around)
    for cell in code_cells(read(chapter(number))):
        for node in ast.parse(cell.source).body:
            targets = [
                t for part in getattr(node, "targets", []) for t in ast.walk(part)
            ]
            bound = {getattr(target, "id", "") for target in targets}
            if (names & {*bound, getattr(node, "name", "")}) - set(space):
                exec(compile(ast.Module([node], []), cell.id, "exec"), space)
    assert not names - set(space)
    return space
