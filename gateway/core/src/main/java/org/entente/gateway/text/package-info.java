/**
 * Rules for text by Unicode properties, shared by drafts, calls and policy files, and a check for
 * names that readers may confuse.
 */
@NullMarked
package org.entente.gateway.text;

import org.jspecify.annotations.NullMarked;
