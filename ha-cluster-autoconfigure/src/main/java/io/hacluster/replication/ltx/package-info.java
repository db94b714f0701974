/**
 * The LTX v3 file format, read strictly and written as Litestream 0.5 reads it.
 */
@NullMarked
package io.hacluster.replication.ltx;

import org.jspecify.annotations.NullMarked;
