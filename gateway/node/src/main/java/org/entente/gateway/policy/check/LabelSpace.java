package org.entente.gateway.policy.check;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import com.google.protobuf.ProtocolMessageEnum;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.entente.gateway.cel.Condition;
import org.entente.gateway.policy.terms.Agreement;
import org.entente.proto.v1.Attachment;
import org.entente.proto.v1.Category;
import org.entente.proto.v1.Classification;
import org.entente.proto.v1.Handling;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.Purpose;

/**
 * The labels that agreements and conditions can distinguish: for each field that one of them reads,
 * the values that they treat differently. Immutable; safe for use by several threads.
 *
 * <p>In kind, category, purpose, classification, handling and personal data, one value represents
 * all values that no agreement distinguishes. If a condition reads the field, all values are
 * present. Other enums have all values if a condition reads them. Texts have the values that occur
 * in conditions, an empty one and one other. A condition can test more of a text than that ({@code
 * startsWith}, {@code size}), so such a space is not {@link #isWhole whole}.
 */
public final class LabelSpace {
  /** Fields that a checked label never leaves unspecified. */
  private static final Set<String> SPECIFIED =
      Set.of("lane", "status", "message_type", "requested_action");

  /** Kinds that need an agreement. */
  public static final List<Kind> KINDS =
      List.of(
          Kind.KIND_ALERT,
          Kind.KIND_INTELLIGENCE,
          Kind.KIND_REQUEST,
          Kind.KIND_ANSWER,
          Kind.KIND_FEEDBACK,
          Kind.KIND_OPERATION);

  public static final String OTHER_TEXT = "something else";
  public static final String OTHER_SCHEME = "OTHER";
  public static final String OTHER_DAY = "9999-12-31";

  /** ISO 3166-1 reserves it for users: no state has this code. */
  private static final String OTHER_JURISDICTION = "ZZ";

  private static final String OTHER_MEDIA_TYPE = "application/octet-stream";

  private static final int BYTES = 16;

  private final List<Dimension> dimensions;

  /**
   * The values of one field.
   *
   * @param field the field
   * @param values as {@link Label.Builder#setField} takes them, lists for repeated fields
   * @param whole whether each possible value of this field is treated like one of these
   */
  private record Dimension(FieldDescriptor field, List<?> values, boolean whole) {}

  private LabelSpace(List<Dimension> dimensions) {
    this.dimensions = List.copyOf(dimensions);
  }

  /**
   * The labels that these agreements and conditions, including the agreements' own conditions, can
   * distinguish.
   */
  public static LabelSpace of(Collection<Agreement> agreements, Collection<Condition> conditions) {
    Set<String> read = new HashSet<>();
    Set<String> texts = new HashSet<>();
    for (Condition condition : conditions) {
      read.addAll(condition.labelFields());
      texts.addAll(condition.texts());
    }
    List<Agreement.Covers> covers = agreements.stream().map(Agreement::covers).toList();
    List<Dimension> dimensions = new ArrayList<>();
    // What is withheld also depends on the kind, and on nothing else of a label.
    dimensions.add(
        told(
            "kind",
            KINDS,
            read,
            agreements,
            (it, value) -> List.of(kind(it.covers(), value), it.redactions().of(value))));
    dimensions.add(told("category", known(Category.values()), read, covers, LabelSpace::category));
    dimensions.add(told("purpose", known(Purpose.values()), read, covers, LabelSpace::purpose));
    dimensions.add(
        told("classification", known(Classification.values()), read, covers, LabelSpace::below));
    dimensions.add(handling(read, covers));
    dimensions.add(new Dimension(field("personal_data"), List.of(false, true), true));
    Set<String> there = new HashSet<>();
    dimensions.forEach(dimension -> there.add(dimension.field().getName()));
    read.stream()
        .filter(name -> !there.contains(name))
        .sorted()
        .forEach(name -> dimensions.add(readOnly(field(name), texts)));
    return new LabelSpace(dimensions);
  }

  private static FieldDescriptor field(String name) {
    return Label.getDescriptor().findFieldByName(name);
  }

  private static <E extends Enum<E> & ProtocolMessageEnum> List<E> known(E[] all) {
    return Stream.of(all)
        .filter(value -> !value.name().equals("UNRECOGNIZED") && value.getNumber() != 0)
        .toList();
  }

  private static boolean kind(Agreement.Covers covers, Kind value) {
    return covers.kinds().contains(value);
  }

  private static boolean category(Agreement.Covers covers, Category value) {
    return covers.categories().contains(value);
  }

  private static boolean purpose(Agreement.Covers covers, Purpose value) {
    return covers.purposes().contains(value);
  }

  private static boolean below(Agreement.Covers covers, Classification value) {
    return value.getNumber() <= covers.ceiling().getNumber();
  }

  private static <T, E extends ProtocolMessageEnum> Dimension told(
      String name,
      List<E> values,
      Set<String> read,
      Collection<T> terms,
      BiFunction<T, E, Object> treated) {
    List<E> kept = read.contains(name) ? values : distinct(values, terms, treated);
    return new Dimension(
        field(name), kept.stream().map(ProtocolMessageEnum::getValueDescriptor).toList(), true);
  }

  /** One value for each set of values that every agreement treats alike. */
  private static <T, V> List<V> distinct(
      List<V> values, Collection<T> terms, BiFunction<T, V, Object> treated) {
    Set<List<Object>> seen = new HashSet<>();
    return values.stream()
        .filter(value -> seen.add(terms.stream().map(it -> treated.apply(it, value)).toList()))
        .toList();
  }

  private static Dimension handling(Set<String> read, List<Agreement.Covers> covers) {
    List<Handling> codes = known(Handling.values());
    List<List<Handling>> sets = new ArrayList<>();
    for (int bits = 0; bits < (1 << codes.size()); bits++) {
      int chosen = bits;
      sets.add(codes.stream().filter(it -> ((chosen >> codes.indexOf(it)) & 1) == 1).toList());
    }
    List<List<Handling>> kept =
        read.contains("handling")
            ? sets
            : distinct(sets, covers, (it, set) -> it.handling().containsAll(set));
    List<List<EnumValueDescriptor>> values =
        kept.stream().map(set -> set.stream().map(Handling::getValueDescriptor).toList()).toList();
    return new Dimension(field("handling"), values, true);
  }

  /** A field that only conditions read. */
  private static Dimension readOnly(FieldDescriptor field, Set<String> texts) {
    if (field.getJavaType() == JavaType.ENUM) {
      boolean specified = SPECIFIED.contains(field.getName());
      List<EnumValueDescriptor> values =
          field.getEnumType().getValues().stream()
              .filter(value -> !specified || value.getNumber() != 0)
              .toList();
      return new Dimension(field, values, true);
    }
    if (field.getJavaType() == JavaType.BOOLEAN) {
      return new Dimension(field, List.of(false, true), true);
    }
    if (field.getJavaType() == JavaType.BYTE_STRING) {
      List<ByteString> values = List.of(ByteString.EMPTY, ByteString.copyFrom(new byte[BYTES]));
      return new Dimension(field, values, false);
    }
    List<String> words = new ArrayList<>(texts.stream().sorted().toList());
    words.remove("");
    if (field.getJavaType() == JavaType.MESSAGE) {
      return new Dimension(field, attachments(words), false);
    }
    words.add(other(field));
    return new Dimension(field, field.isRepeated() ? lists(words) : texts(words), false);
  }

  /** A valid text for the field that occurs in no list or condition. */
  private static String other(FieldDescriptor field) {
    return switch (field.getName()) {
      case "jurisdictions" -> OTHER_JURISDICTION;
      case "classification_scheme" -> OTHER_SCHEME;
      case "classification_review_on" -> OTHER_DAY;
      default -> OTHER_TEXT;
    };
  }

  private static List<String> texts(List<String> words) {
    return Stream.concat(Stream.of(""), words.stream()).toList();
  }

  /** None, or one whose texts are a word of the conditions or another. */
  private static List<List<Attachment>> attachments(List<String> words) {
    return Stream.concat(
            Stream.of(List.<Attachment>of()),
            Stream.concat(words.stream(), Stream.of(OTHER_MEDIA_TYPE))
                .map(
                    word ->
                        List.of(
                            Attachment.newBuilder()
                                .setName(word)
                                .setMediaType(word)
                                .setSize(1)
                                .build())))
        .toList();
  }

  private static List<List<String>> lists(List<String> words) {
    List<List<String>> lists = new ArrayList<>();
    lists.add(List.of());
    words.forEach(word -> lists.add(List.of(word)));
    for (int i = 1; i < words.size(); i++) {
      lists.add(List.of(words.get(0), words.get(i)));
    }
    return lists;
  }

  /** The labels in this space that an agreement covers, ignoring its condition. */
  public LabelSpace within(Agreement.Covers covers) {
    return new LabelSpace(
        dimensions.stream()
            .map(it -> new Dimension(it.field(), covered(it, covers), it.whole()))
            .toList());
  }

  private static List<?> covered(Dimension dimension, Agreement.Covers covers) {
    Predicate<Object> test =
        switch (dimension.field().getName()) {
          case "kind" -> value -> kind(covers, Kind.forNumber(number(value)));
          case "category" -> value -> category(covers, Category.forNumber(number(value)));
          case "purpose" -> value -> purpose(covers, Purpose.forNumber(number(value)));
          case "classification" -> value -> below(covers, Classification.forNumber(number(value)));
          case "handling" ->
              value ->
                  ((List<?>) value)
                      .stream()
                          .allMatch(
                              it -> covers.handling().contains(Handling.forNumber(number(it))));
          case "personal_data" -> value -> covers.personalData() || Boolean.FALSE.equals(value);
          default -> value -> true;
        };
    return dimension.values().stream().filter(test).toList();
  }

  private static int number(Object value) {
    return ((EnumValueDescriptor) value).getNumber();
  }

  /** The number of labels; {@link Long#MAX_VALUE} if it is too large. */
  public long size() {
    long size = 1;
    for (Dimension dimension : dimensions) {
      size =
          size > Long.MAX_VALUE / Math.max(1, dimension.values().size())
              ? Long.MAX_VALUE
              : size * dimension.values().size();
    }
    return size;
  }

  /** Whether every label that a client can send is treated like one of these. */
  public boolean isWhole() {
    return dimensions.stream().allMatch(Dimension::whole);
  }

  /** Names of the fields for which this space lacks values that may matter. */
  public List<String> partial() {
    return dimensions.stream().filter(it -> !it.whole()).map(it -> it.field().getName()).toList();
  }

  /**
   * All labels, or at most the given number, drawn evenly.
   *
   * @param most the most labels to return
   * @param seed the seed; equal seeds draw equal labels
   */
  public Stream<Label> labels(long most, long seed) {
    if (size() == 0) {
      return Stream.empty();
    }
    if (size() <= most) {
      return LongStream.range(0, size()).mapToObj(this::at);
    }
    return drawn(new SplittableRandom(seed)).limit(most);
  }

  /** An endless stream of labels, each drawn evenly from all; requires a non-empty space. */
  public Stream<Label> drawn(SplittableRandom random) {
    return Stream.generate(() -> one(random));
  }

  private Label at(long index) {
    Label.Builder label = Label.newBuilder();
    long rest = index;
    for (Dimension dimension : dimensions) {
      int count = dimension.values().size();
      label.setField(dimension.field(), dimension.values().get((int) (rest % count)));
      rest /= count;
    }
    return LabelCheck.withDefaults(label.build());
  }

  private Label one(SplittableRandom random) {
    Label.Builder label = Label.newBuilder();
    for (Dimension dimension : dimensions) {
      List<?> values = dimension.values();
      label.setField(dimension.field(), values.get(random.nextInt(values.size())));
    }
    return LabelCheck.withDefaults(label.build());
  }
}
