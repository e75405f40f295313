package org.entente.loadtests.federation;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The rules with which one node starts; they may be replaced while it runs.
 *
 * @param agreements folders; a file of a later folder replaces one of the same name
 * @param nodeRules the node's own rules; or none
 */
public record OpeningRules(List<Path> agreements, Optional<Path> nodeRules) {
  public OpeningRules {
    agreements = List.copyOf(agreements);
  }
}
