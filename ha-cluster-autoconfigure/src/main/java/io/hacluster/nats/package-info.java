/**
 * What the stores in key-value buckets of NATS have in common.
 */
@NullMarked
package io.hacluster.nats;

import org.jspecify.annotations.NullMarked;
