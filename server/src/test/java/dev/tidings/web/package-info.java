/// What the browser gets: its client and the playground, tested as a browser runs them.
@NullMarked
package dev.tidings.web;

import org.jspecify.annotations.NullMarked;
