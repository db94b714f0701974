/**
 * The lab: runs a cluster of the samples on one machine, breaks it on purpose, and
 * measures it.
 */
@NullMarked
package io.hacluster.samples.lab;

import org.jspecify.annotations.NullMarked;
