using System.Globalization;
using SimEval.Node.Configuration.Hocon;
using Xunit;

namespace SimEval.Tests.Node.Configuration;

public sealed class HoconReaderTests
{
    // Input, and what it resolves to: objects with sorted keys, texts bare.
    [Theory]
    [InlineData("", "{}")]
    [InlineData("{}", "{}")]
    [InlineData("a = 1 # one\nb : 2 // two\n", "{a:1,b:2}")]
    [InlineData("{ \"a\" : 1, b = true, }", "{a:1,b:true}")]
    [InlineData("a.b.c = 1, a.b.d = 2", "{a:{b:{c:1,d:2}}}")]
    [InlineData("a { b = 1 }\na { c = 2 }", "{a:{b:1,c:2}}")]
    [InlineData("a { b = 1 }\na = null\na { c = 2 }", "{a:{c:2}}")]
    [InlineData("a = 1, a = 2", "{a:2}")]
    [InlineData("a b c = x", "{a b c:x}")]
    [InlineData("a b.c d = x", "{a b:{c d:x}}")]
    [InlineData("\"a.b\".c = 1", "{a.b:{c:1}}")]
    [InlineData("3.14 = pi", "{3:{14:pi}}")]
    [InlineData("a = the quick  brown fox  ", "{a:the quick  brown fox}")]
    [InlineData("a = 10 s", "{a:10 s}")]
    [InlineData("a = 1e+5", "{a:1e+5}")]
    [InlineData("a = \"x\\n\\u0041\"", "{a:x\nA}")]
    [InlineData("a = \"\"\"x\ny\"\"\"\"", "{a:x\ny\"}")]
    [InlineData("a = [1, 2\n3,]", "{a:[1,2,3]}")]
    [InlineData("a = [1] [2, 3]", "{a:[1,2,3]}")]
    [InlineData("a = {x=1} {y=2}", "{a:{x:1,y:2}}")]
    [InlineData("a =\n 5", "{a:5}")]
    [InlineData("a\n{ b = 1 }", "{a:{b:1}}")]
    [InlineData("a += 1\na += 2", "{a:[1,2]}")]
    [InlineData("a = [0]\na += {b=1}", "{a:[0,{b:1}]}")]
    [InlineData("\uFEFFa = 1", "{a:1}")]
    [InlineData("a = http\"://\"x", "{a:http://x}")]
    [InlineData("a = -5-3", "{a:-5-3}")]
    public void Syntax_follows_the_specification(string text, string expected) => Assert.Equal(expected, Render(text));

    [Theory]
    [InlineData("a = 1, b = ${a}", "{a:1,b:1}")]
    [InlineData("b = ${a}, a = 1", "{a:1,b:1}")]
    [InlineData("a = {x=1}, b = ${a} {y=2}", "{a:{x:1},b:{x:1,y:2}}")]
    [InlineData("a = {x=1}, b = ${a}, b = {y=2}", "{a:{x:1},b:{x:1,y:2}}")]
    [InlineData("a = [1], b = ${a} [2]", "{a:[1],b:[1,2]}")]
    [InlineData("a = x, b = pre ${a} post", "{a:x,b:pre x post}")]
    [InlineData("b = ${?a}", "{}")]
    [InlineData("b = 1, b = ${?a}", "{b:1}")]
    [InlineData("b = x${?a}y", "{b:xy}")]
    [InlineData("b = ${?a}${?c}", "{}")]
    [InlineData("b = [1, ${?a}, 2]", "{b:[1,2]}")]
    [InlineData("path = a, path = ${path}\":b\"", "{path:a:b}")]
    [InlineData("path = a, path = ${path}b, path = ${path}c", "{path:abc}")]
    [InlineData("a = ${?a}foo", "{a:foo}")]
    [InlineData("bar : { foo : 42, baz : ${bar.foo} }", "{bar:{baz:42,foo:42}}")]
    [InlineData("bar : { foo : 42, baz : ${bar.foo} }\nbar : { foo : 43 }", "{bar:{baz:43,foo:43}}")]
    [InlineData(
        "bar : { a : ${foo.d}, b : 1 }\nbar.b = 3\nfoo : { c : ${bar.b}, d : 2 }\nfoo.d = 4",
        "{bar:{a:4,b:3},foo:{c:3,d:4}}"
    )]
    [InlineData("foo : { a : { c : 1 } }\nfoo : ${foo.a}\nfoo : { a : 2 }", "{foo:{a:2,c:1}}")]
    [InlineData("a = {x=1}, a = ${a} {x = ${a.x}2}", "{a:{x:12}}")]
    [InlineData("a = {b=1, c=${a.b}}, d = ${a.c}", "{a:{b:1,c:1},d:1}")]
    [InlineData("a = ${b}, b = {c = ${d}}, d = 5, e = ${a.c}", "{a:{c:5},b:{c:5},d:5,e:5}")]
    [InlineData("x = ${HOME_OF_TEST}/y", "{x:/home/y}")]
    [InlineData("x = ${LIST_OF_TEST[]}", "{x:[p,q]}")]
    [InlineData("HOME_OF_TEST = set, x = ${HOME_OF_TEST}", "{HOME_OF_TEST:set,x:set}")]
    public void Substitutions_follow_the_specification(string text, string expected) =>
        Assert.Equal(expected, Render(text));

    [Theory]
    [InlineData("a = ", "t.conf:1:5: expected a value")]
    [InlineData("a = 1\nb = {", "t.conf:2:6: '}' is missing")]
    [InlineData("a = [1,,2]", "t.conf:1:8: two commas in a row")]
    [InlineData("a = [,1]", "t.conf:1:6: expected a value, found ','")]
    [InlineData("a b", "t.conf:1:4: expected =, : or {")]
    [InlineData("a..b = 1", "t.conf:1:1: a path has an empty element")]
    [InlineData("a = \"x", "t.conf:1:5: the string does not end")]
    [InlineData("a = \"\\q\"", "t.conf:1:7: an escape is one of")]
    [InlineData("a = *", "t.conf:1:5: '*' needs quotes")]
    [InlineData("[1]", "t.conf:1:1: a configuration is an object")]
    [InlineData("a = 1 }", "t.conf:1:7: expected a comma, a new line or the end of the file, found '}'")]
    [InlineData("a = ${b}", "t.conf:1:5: ${b} is defined neither")]
    [InlineData("a = ${a}", "t.conf:1:5: ${a} depends on itself")]
    [InlineData("a = ${b}, b = ${a}", "depends on itself")]
    [InlineData("a = {b = ${a}}", "depends on itself")]
    [InlineData("a = {x=1} y", "t.conf:1:11: an object and 'y' cannot stand side by side")]
    [InlineData("include x", "t.conf:1:9: the name of an included file stands in quotes")]
    [InlineData("include required(\"none.conf\")", "t.conf:1:1: the required file 'none.conf' does not exist")]
    [InlineData("include url(\"x\")", "url(...) is not supported")]
    [InlineData("include file(\"x\"", "parentheses")]
    [InlineData("include = 1", "'include' is followed by")]
    public void An_error_has_its_line_and_column(string text, string expected) =>
        Assert.Contains(expected, Assert.Throws<HoconException>(() => Render(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void An_include_stands_where_it_is_written_and_finds_its_own_fields_first()
    {
        var files = new Dictionary<string, string>
        {
            ["part.conf"] = "x = 10, y = ${x}, z = ${outside}",
            ["deep/inner.conf"] = "include \"sibling\"\nv = 1",
            ["deep/sibling.conf"] = "w = 2",
        };
        Assert.Equal(
            "{a:{x:42,y:42,z:o},outside:o}",
            Render("outside = o\na { include \"part.conf\"\n x = 42 }", files)
        );
        Assert.Equal("{v:1,w:2}", Render("include file(\"deep/inner.conf\")", files));
        Assert.Equal("{v:1,w:2}", Render("include required( file( \"deep/inner\" ) )", files));
        Assert.Equal("{a:1}", Render("include \"absent\"\na = 1", files));
    }

    [Fact]
    public void A_cycle_of_includes_is_an_error_that_names_it()
    {
        var files = new Dictionary<string, string>
        {
            ["a.conf"] = "include \"b.conf\"",
            ["b.conf"] = "include \"a.conf\"",
        };
        var error = Assert.Throws<HoconException>(() => Render("include \"a.conf\"", files));
        Assert.Contains("a.conf > b.conf > a.conf", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Hostile_texts_end_in_an_error()
    {
        Assert.Throws<HoconException>(() => Render(string.Concat(Enumerable.Repeat("a {", 100_000))));
        Assert.Throws<HoconException>(() => Render("a = " + new string('[', 100_000)));
        Assert.Throws<HoconException>(() => Render(string.Concat(Enumerable.Repeat("a.", 10_000)) + "a = 1"));
        Assert.Throws<HoconException>(() => Render(new string('#', 2_000_000)));
        var doubling = string.Join('\n', Enumerable.Range(1, 40).Select(i => $"a{i} = ${{a{i - 1}}}${{a{i - 1}}}"));
        Assert.Throws<HoconException>(() => Render("a0 = xxxxxxxxxx\n" + doubling));
        var chain = string.Join('\n', Enumerable.Range(1, 20_000).Select(i => $"a{i} = ${{a{i + 1}}}"));
        Assert.Throws<HoconException>(() => Render(chain));
    }

    [Theory]
    [InlineData("10", 10.0)]
    [InlineData("10 ms", 10.0)]
    [InlineData("1.5s", 1500.0)]
    [InlineData("2 minutes", 120000.0)]
    [InlineData("1 h", 3600000.0)]
    [InlineData("1 day", 86400000.0)]
    [InlineData("250 micros", 0.25)]
    [InlineData("-1 second", -1000.0)]
    [InlineData("10 S", null)]
    [InlineData("ten", null)]
    [InlineData("", null)]
    public void Durations_have_units(string text, double? milliseconds) =>
        Assert.Equal(milliseconds, HoconUnits.ReadDuration(text)?.TotalMilliseconds);

    [Theory]
    [InlineData("512", 512L)]
    [InlineData("64 KiB", 65536L)]
    [InlineData("64K", 65536L)]
    [InlineData("64k", 65536L)]
    [InlineData("64 kB", 64000L)]
    [InlineData("10 MB", 10_000_000L)]
    [InlineData("1.5 GiB", 1610612736L)]
    [InlineData("2 megabytes", 2_000_000L)]
    [InlineData("1 mebibyte", 1048576L)]
    [InlineData("1 KB", null)]
    [InlineData("-1 B", null)]
    [InlineData("99999999 E", null)]
    public void Sizes_have_units(string text, long? bytes) => Assert.Equal(bytes, HoconUnits.ReadBytes(text));

    private static string Render(string text, Dictionary<string, string>? files = null)
    {
        var environment = new Dictionary<string, string>
        {
            ["HOME_OF_TEST"] = "/home",
            ["LIST_OF_TEST_0"] = "p",
            ["LIST_OF_TEST_1"] = "q",
        };
        var reader = new HoconReader(new DictionarySources(files ?? []), environment.GetValueOrDefault);
        return Render(reader.Add(text, "t.conf").Resolve());
    }

    private static string Render(HoconValue value) =>
        value switch
        {
            HoconScalar scalar => scalar.Text,
            HoconArray array => $"[{string.Join(',', array.Items.Select(Render))}]",
            HoconObject map =>
                $"{{{string.Join(',', map.Fields.OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => string.Create(CultureInfo.InvariantCulture, $"{f.Key}:{Render(f.Value)}")))}}}",
            _ => throw new InvalidOperationException(),
        };

    private sealed class DictionarySources(Dictionary<string, string> files) : IHoconSources
    {
        public string? Find(string source, string name)
        {
            var folder = Path.GetDirectoryName(source) ?? "";
            var full = folder.Length == 0 ? name : $"{folder}/{name}";
            return files.ContainsKey(full) ? full : null;
        }

        public string Read(string fullName) => files[fullName];
    }
}
