/**
 * Parts of a gateway measured without the rest of it, for what cannot be told apart from outside.
 * The only package of this module that sees a gateway's stages.
 */
@NullMarked
package org.entente.loadtests.inside;

import org.jspecify.annotations.NullMarked;
