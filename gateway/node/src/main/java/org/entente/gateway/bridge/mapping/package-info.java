/** Turns an agency's own records into drafts by a mapping file. */
@NullMarked
package org.entente.gateway.bridge.mapping;

import org.jspecify.annotations.NullMarked;
