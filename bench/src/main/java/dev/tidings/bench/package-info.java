/// Measurements of the server against the floor of the machine it runs on. Never shipped.
@NullMarked
package dev.tidings.bench;

import org.jspecify.annotations.NullMarked;
