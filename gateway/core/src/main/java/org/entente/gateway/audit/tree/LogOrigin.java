package org.entente.gateway.audit.tree;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.FederationName;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.note.NoteKeyName;

/**
 * The identity of a gateway's log: the first line of its checkpoints and the name of its keys.
 *
 * <p>Printed as {@code entente/<federation>/<agency>/<gateway>}, for logs after the first followed
 * by {@code /<number>}: no spaces, no plus, at most 189 bytes of ASCII, as C2SP tlog-checkpoint and
 * tlog-cosignature require. A gateway has one log at a time. It opens another only when it can no
 * longer continue the last one, and numbers only increase.
 *
 * @param federation the federation
 * @param agency the agency whose log it is
 * @param gateway the gateway that writes it
 * @param number which of the gateway's logs, from 1
 */
public record LogOrigin(
    FederationName federation, AgencyName agency, NodeName gateway, int number) {

  private static final String PREFIX = "entente/";
  private static final Pattern FORM =
      Pattern.compile(PREFIX + "([^/]+)/([^/]+)/([^/]+)(?:/([1-9][0-9]{0,9}))?");

  /** Checks the number. */
  public LogOrigin {
    if (number < 1) {
      throw new InvalidValue("logs are numbered from 1", Integer.toString(number));
    }
  }

  /** The first log of a gateway. */
  public LogOrigin(FederationName federation, AgencyName agency, NodeName gateway) {
    this(federation, agency, gateway, 1);
  }

  /** Reads an origin line from outside; empty unless it is exactly what {@link #line()} writes. */
  public static Optional<LogOrigin> parse(String line) {
    Matcher form = FORM.matcher(line);
    if (!form.matches()) {
      return Optional.empty();
    }
    try {
      int number = form.group(4) == null ? 1 : Integer.parseInt(form.group(4));
      LogOrigin origin =
          new LogOrigin(
              new FederationName(form.group(1)),
              new AgencyName(form.group(2)),
              new NodeName(form.group(3)),
              number);
      return origin.line().equals(line) ? Optional.of(origin) : Optional.empty();
    } catch (InvalidValue | NumberFormatException notAnOrigin) {
      return Optional.empty();
    }
  }

  /** The origin of another log of the same gateway. */
  public LogOrigin numbered(int other) {
    return new LogOrigin(federation, agency, gateway, other);
  }

  /** Whether the other is a log of the same gateway, whatever its number. */
  public boolean sameGateway(LogOrigin other) {
    return numbered(other.number).equals(other);
  }

  /** The origin line. */
  public String line() {
    String first = PREFIX + federation + '/' + agency + '/' + gateway;
    return number == 1 ? first : first + '/' + number;
  }

  /** The name under which the log's keys sign. */
  public NoteKeyName keyName() {
    return new NoteKeyName(line());
  }

  @Override
  public String toString() {
    return line();
  }
}
