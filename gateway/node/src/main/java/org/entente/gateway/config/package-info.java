/** Configuration: strict YAML read into records, with problems that name file, line and field. */
@NullMarked
package org.entente.gateway.config;

import org.jspecify.annotations.NullMarked;
