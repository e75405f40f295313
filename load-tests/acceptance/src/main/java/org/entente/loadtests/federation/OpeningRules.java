package org.entente.loadtests.federation;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The rules with which one node begins, where others may be put in their place while it runs.
 *
 * @param agreements folders; the files of a later one stand in the place of those of the same name
 * @param nodeRules rules of its own; or none
 */
public record OpeningRules(List<Path> agreements, Optional<Path> nodeRules) {
  public OpeningRules {
    agreements = List.copyOf(agreements);
  }
}
