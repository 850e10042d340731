/// File, environment and command line become one record of settings, checked once, before anything
/// starts.
@NullMarked
package dev.tidings.config;

import org.jspecify.annotations.NullMarked;
