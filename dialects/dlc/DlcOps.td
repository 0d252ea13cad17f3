// All ops of the dialect, family by family.
include "Contraction.td"
include "Elementwise.td"
include "Random.td"
include "Reduction.td"
include "Shape.td"
include "Structure.td"
