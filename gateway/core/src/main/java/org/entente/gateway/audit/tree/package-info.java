/**
 * The mathematics and formats of a transparency log: RFC 6962 hash trees, C2SP tlog-tiles,
 * checkpoints and cosignatures. This package does not store logs.
 */
@NullMarked
package org.entente.gateway.audit.tree;

import org.jspecify.annotations.NullMarked;
