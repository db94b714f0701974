/**
 * The vocabulary of a cluster: who leads, under which epoch, and what can go wrong.
 */
@NullMarked
package io.hacluster;

import org.jspecify.annotations.NullMarked;
