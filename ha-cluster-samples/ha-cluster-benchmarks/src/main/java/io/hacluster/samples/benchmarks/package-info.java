/**
 * Micro-benchmarks of the formats.
 */
@NullMarked
package io.hacluster.samples.benchmarks;

import org.jspecify.annotations.NullMarked;
