/**
 * Health, the leader endpoint, and metrics.
 */
@NullMarked
package io.hacluster.actuate;

import org.jspecify.annotations.NullMarked;
