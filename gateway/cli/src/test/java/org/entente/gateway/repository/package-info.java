@NullMarked
package org.entente.gateway.repository;

import org.jspecify.annotations.NullMarked;
