/// Finds words in what was said, with Lucene, in a folder of this machine. It follows the logs in a
/// thread of its own and can always be made anew from them. [dev.tidings.search.SearchIndex] is the
/// door.
@NullMarked
package dev.tidings.search;

import org.jspecify.annotations.NullMarked;
