/**
 * The page at {@code /ha}, which shows the cluster and lets an operator who has been
 * granted access act on it.
 */
@NullMarked
package io.hacluster.console;

import org.jspecify.annotations.NullMarked;
