/// Who somebody is and what he may: tokens, capabilities and the rule of development mode.
@NullMarked
package dev.tidings.auth;

import org.jspecify.annotations.NullMarked;
