/** Converts an agency's own records to drafts by a mapping file. */
@NullMarked
package org.entente.gateway.bridge.mapping;

import org.jspecify.annotations.NullMarked;
