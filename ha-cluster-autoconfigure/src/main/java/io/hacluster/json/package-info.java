/**
 * As much of JSON as the records of the stores need, without a library: records come from
 * where others can write, and what reads them is small enough to be checked by hand.
 */
@NullMarked
package io.hacluster.json;

import org.jspecify.annotations.NullMarked;
