"""Cases and hints of the exercises 11.3 and 11.6, on distances along the surface."""

from course_lib.exercises import ch11_auc_cases as areas
from course_lib.exercises import ch11_path_cases as paths
from course_lib.exercises.cases import Case

AREA = [
    Case(
        "all or none",
        areas.auc_ends,
        (
            "All points are exactly right. How large is the area, and the result?",
            "The area is a, so the result is 1; and it is 0 if all are off by a.",
            "Divide the integral by a, the argument.",
        ),
    ),
    Case(
        "one point",
        areas.auc_one,
        (
            "One point is off by d. What does f look like?",
            "0 up to d, then 1: a step, whose area up to a is a - d.",
            "(a - d) / a = 1 - d / a; f(a) alone is 1.",
        ),
    ),
    Case(
        "several points",
        areas.auc_several,
        (
            "Of four points, three are off by the same distance. How high is that "
            "step?",
            "3/4: f is the mean of one step per point, in any order, and its area the "
            "mean of their areas.",
            "(1 - distances / a).mean(), as long as all distances are below a.",
        ),
    ),
    Case(
        "beyond a",
        areas.auc_beyond,
        (
            "Where is the step of a point that is off by more than a?",
            "Not in the integral: its area is 0, and not below; but it is one of the "
            "points.",
            "(1 - distances / a).clamp(min=0).mean().",
        ),
    ),
    Case(
        "exact",
        areas.auc_exact,
        (
            "How many thresholds t are enough?",
            "None: f is made of steps, and their area has a closed form. A sum over a "
            "grid is only near it.",
            "Change the order: for each point integrate its own step, then take the "
            "mean.",
        ),
    ),
    Case(
        "infinite",
        areas.auc_infinite,
        (
            "A point is called background, so its distance is infinite. What is its "
            "area?",
            "0, and it is one of the points. Beware of inf * 0, which is NaN.",
            "clamp(min=0) takes -inf to 0; a product with a mask does not.",
        ),
    ),
    Case(
        "no points",
        areas.auc_none,
        (
            "What is the mean of no points?",
            "NaN, so ask before: without points, the result is 0.",
            "if not len(distances): return 0.0.",
        ),
    ),
]

PATHS = [
    Case(
        "neighbours",
        paths.path_neighbours,
        (
            "One edge from a to b. How far is it from b to a, and from a to a?",
            "As far as from a to b; and 0.",
            "dijkstra(graph, directed=False).",
        ),
    ),
    Case(
        "along a line",
        paths.path_chain,
        (
            "Two vertices have no edge in common. How far are they apart?",
            "As far as the way over others is long, the sum of its edges.",
            "Dijkstra from every vertex; or, for each k, table = minimum(table, "
            "table[:, k, None] + table[None, k]).",
        ),
    ),
    Case(
        "a detour",
        paths.path_detour,
        (
            "Is the direct edge always the shortest way?",
            "No, nor is the way over the fewest edges: only lengths count.",
            "Compare sums of lengths, for vertices with an edge in common too.",
        ),
    ),
    Case(
        "a sheet",
        paths.path_sheet,
        (
            "How many edges may a way have?",
            "Any number, through vertices of any numbers.",
            "As many rounds as there are vertices; if you loop by hand, the vertex in "
            "the middle is the outermost loop.",
        ),
    ),
    Case(
        "not connected",
        paths.path_apart,
        (
            "How far is it to where no way leads?",
            "Infinitely far: neither 0, nor -1, nor a large number.",
            "Begin with np.full((count, count), np.inf), 0 on the diagonal.",
        ),
    ),
    Case(
        "twice the same edge",
        paths.path_twice,
        (
            "Two edges join the same two vertices. Which do you take?",
            "The shortest, whatever the order of the edges and of their ends. SciPy's "
            "sparse matrices add what is given twice, and an assignment keeps the "
            "last.",
            "np.minimum.at(table, (edges[:, 0], edges[:, 1]), lengths).",
        ),
    ),
    Case(
        "no length",
        paths.path_zero,
        (
            "Two vertices are at the same place, and an edge joins them. Where is it "
            "in a table in which 0 means no edge?",
            "Lost: in a dense table, in a dok or lil matrix, and in the sum of a "
            "sparse matrix and its transpose.",
            "Write inf for no edge, then csgraph_from_dense(table, null_value=np.inf).",
        ),
    ),
    Case(
        "alone",
        paths.path_alone,
        (
            "Some vertices have no edge, or all. How large is the table?",
            "(count, count), whatever numbers the edges name.",
            "`count` is an argument: no edges.max().",
        ),
    ),
]
