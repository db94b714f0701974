/**
 * Leader election over a compare-and-set lease record.
 */
@NullMarked
package io.hacluster.election;

import org.jspecify.annotations.NullMarked;
