/// The program: commands ([dev.tidings.Main]) and the wiring of the server ([dev.tidings.Server]).
@NullMarked
package dev.tidings;

import org.jspecify.annotations.NullMarked;
