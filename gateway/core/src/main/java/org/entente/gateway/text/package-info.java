/**
 * What text may hold, by Unicode properties: one rule for drafts, calls and policy files; and which
 * names a reader takes for the same.
 */
@NullMarked
package org.entente.gateway.text;

import org.jspecify.annotations.NullMarked;
