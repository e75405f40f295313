package org.entente.gateway.rpc.server;

import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Problem;

/**
 * How many entries the pages of a list have.
 *
 * @param usual if the request does not say
 * @param most at most
 */
public record PageLimits(int usual, int most) {
  /** Of lists whose entries have no content. */
  public static final PageLimits LIST = new PageLimits(100, 500);

  /** Of lists whose entries are read from messages. */
  public static final PageLimits MESSAGES = new PageLimits(50, 100);

  /**
   * A page.
   *
   * @param more whether more entries follow
   */
  public record Page<T>(List<T> entries, boolean more) {
    /** Copies the list. */
    public Page {
      entries = List.copyOf(entries);
    }
  }

  /** The problem of a request for this number of entries; empty if it is allowed. */
  public Optional<Problem> problem(int asked) {
    return asked < 0 || asked > most
        ? Optional.of(new Problem(Code.INVALID_FIELD, "page_size", "must be at most " + most))
        : Optional.empty();
  }

  /** The entries of a page, given those of a valid request. */
  public int size(int asked) {
    return asked == 0 ? usual : asked;
  }

  /** The same; ends the call if the request is invalid. */
  public int require(int asked) {
    StatusMapper.refuse(problem(asked));
    return size(asked);
  }

  /**
   * A page; ends the call if the request is invalid.
   *
   * @param find finds at most this number of entries
   */
  public <T> Page<T> page(int asked, IntFunction<List<T>> find) {
    int size = require(asked);
    List<T> found = find.apply(size + 1);
    boolean more = found.size() > size;
    return new Page<>(more ? found.subList(0, size) : found, more);
  }
}
