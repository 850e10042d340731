/// Several nodes under load, one of which dies: what users see of it.
@NullMarked
package dev.tidings.bench.cluster;

import org.jspecify.annotations.NullMarked;
