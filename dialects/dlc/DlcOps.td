// All ops of the dialect, family by family.
include "Composite.td"
include "Contraction.td"
include "Elementwise.td"
include "Random.td"
include "Reduction.td"
include "Scan.td"
include "Shape.td"
include "Structure.td"
