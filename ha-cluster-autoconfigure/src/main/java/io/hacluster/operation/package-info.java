/**
 * What an operator can ask of the cluster, the same for the endpoint, the command line,
 * the NATS service and the console.
 */
@NullMarked
package io.hacluster.operation;

import org.jspecify.annotations.NullMarked;
