using System.Globalization;

namespace SimEval.Scenarios.Importers.CommonRoad;

/// <summary>A scenario while its file is being read, one child of the root after another.</summary>
internal sealed class CommonRoadDraft
{
    private readonly XmlReport _report;
    private readonly XmlValues _values;
    private readonly RoadElements _roads;
    private readonly StateElements _states;
    private readonly List<(CommonRoadLanelet Lanelet, XmlTree At)> _lanelets = [];
    private readonly List<CommonRoadSign> _signs = [];
    private readonly List<CommonRoadLight> _lights = [];
    private readonly List<CommonRoadIntersection> _intersections = [];
    private readonly List<CommonRoadObstacle> _obstacles = [];
    private readonly List<(CommonRoadPlanningProblem Problem, XmlTree At)> _problems = [];
    private readonly Dictionary<long, string> _kindOfId = [];
    private readonly HashSet<string> _unknown = [];
    private readonly List<string> _tags = [];
    private XmlTree? _root;
    private string _version = "";
    private double _timeStep;
    private CommonRoadLocation? _location;
    private long _obstacleSteps;

    public CommonRoadDraft(XmlReport report)
    {
        _report = report;
        _values = new XmlValues(report);
        _roads = new RoadElements(_values);
        _states = new StateElements(_values);
    }

    /// <summary>The root's attributes. False when nothing in the file can be meant for this reader.</summary>
    public bool Begin(XmlTree root)
    {
        _root = root;
        if (root.Name != "commonRoad")
        {
            _report.Error(
                root,
                $"the root is <{XmlTree.Shorten(root.Name)}>",
                "A CommonRoad scenario starts with <commonRoad>"
            );
            return false;
        }
        _version = root.Attribute("commonRoadVersion") ?? "";
        if (_version is not ("2018b" or "2020a"))
        {
            string what =
                _version.Length == 0
                    ? "there is no commonRoadVersion"
                    : $"version '{XmlTree.Shorten(_version)}' is not read";
            _report.Error(root, what, "Versions 2018b and 2020a are; convert older files with CommonRoad's own tools");
            return false;
        }
        string? step = root.Attribute("timeStepSize");
        if (
            !double.TryParse(step, NumberStyles.Float, CultureInfo.InvariantCulture, out _timeStep)
            || !(_timeStep is >= 0.001 and <= 10)
        )
            _report.Error(root, $"timeStepSize is 0.001 to 10 seconds, not '{XmlTree.Shorten(step ?? "")}'");
        foreach (string tag in (root.Attribute("tags") ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries))
            _tags.Add(tag);
        if (root.Attribute("benchmarkID") is null)
            _report.Note(root, "there is no benchmarkID");
        return true;
    }

    public void Add(XmlTree at)
    {
        switch (at.Name)
        {
            case "lanelet":
                Remember(at, isUnique: true);
                _lanelets.Add((_roads.Lanelet(at), Position(at)));
                break;
            case "trafficSign":
                Remember(at, isUnique: false);
                _signs.Add(_roads.Sign(at));
                break;
            case "trafficLight":
                Remember(at, isUnique: false);
                _lights.Add(_roads.Light(at));
                break;
            case "intersection":
                Remember(at, isUnique: false);
                _intersections.Add(_roads.Intersection(at));
                break;
            case "obstacle" or "staticObstacle" or "dynamicObstacle" or "phantomObstacle" or "environmentObstacle":
                Remember(at, isUnique: false);
                AddObstacle(at);
                break;
            case "planningProblem":
                Remember(at, isUnique: true);
                if (_states.PlanningProblem(at) is { } problem)
                    _problems.Add((problem, Position(at)));
                break;
            case "location":
                _location = _roads.Location(at);
                break;
            case "scenarioTags":
                foreach (XmlTree tag in at.Children)
                    _tags.Add(tag.Name);
                break;
            default:
                if (_unknown.Count < 20 && _unknown.Add(at.Name))
                    _report.Note(at, $"<{XmlTree.Shorten(at.Name)}> is not known here and was left out");
                break;
        }
    }

    public CommonRoadFile? Finish()
    {
        CheckReferences();
        if (_report.ErrorCount > 0)
            return null;
        return new CommonRoadFile
        {
            Version = _version,
            BenchmarkId = _root!.Attribute("benchmarkID") ?? "",
            TimeStep = _timeStep,
            Author = _root.Attribute("author") ?? "",
            Affiliation = _root.Attribute("affiliation") ?? "",
            Source = _root.Attribute("source") ?? "",
            Date = _root.Attribute("date") ?? "",
            Tags = _tags,
            Location = _location,
            Lanelets = [.. _lanelets.Select(item => item.Lanelet)],
            Signs = _signs,
            Lights = _lights,
            Intersections = _intersections,
            Obstacles = _obstacles,
            PlanningProblems = [.. _problems.Select(item => item.Problem)],
            Notes = _report.Notes,
        };
    }

    /// <summary>The element without what is in it, which would otherwise stay in memory.</summary>
    private XmlTree Position(XmlTree at)
    {
        var position = new XmlTree(at.Name, at.Line, at.Column, _root);
        if (at.Attribute("id") is { } id)
            position.Add("id", id);
        return position;
    }

    private void Remember(XmlTree at, bool isUnique)
    {
        long id = _values.Id(at);
        if (_kindOfId.TryAdd(id, at.Name))
            return;
        if (isUnique && _kindOfId[id] == at.Name)
            _report.Error(at, $"there are two of <{at.Name} id=\"{id}\">");
        else
            _report.Note(at, $"id {id} is also that of a <{_kindOfId[id]}>");
        if (isUnique)
            _kindOfId[id] = at.Name;
    }

    private void AddObstacle(XmlTree at)
    {
        if (_states.Obstacle(at) is not { } obstacle)
            return;
        int first = obstacle.InitialState?.Time?.Start ?? int.MaxValue;
        int last = obstacle.Trajectory.Count > 0 ? obstacle.Trajectory[^1].Time?.Start ?? 0 : int.MinValue;
        foreach (CommonRoadOccupancy occupancy in obstacle.Occupancies)
        {
            first = Math.Min(first, occupancy.Time.Start);
            last = Math.Max(last, occupancy.Time.End);
        }
        _obstacleSteps += Math.Max(1, (long)last - first + 1);
        if (_obstacleSteps > CommonRoadReader.MaximumObstacleSteps)
        {
            _report.Error(at, $"the obstacles have more than {CommonRoadReader.MaximumObstacleSteps} steps in all");
            _obstacleSteps = long.MinValue / 2;
        }
        _obstacles.Add(obstacle);
    }

    private void CheckReferences()
    {
        var known = new HashSet<long>();
        foreach ((CommonRoadLanelet lanelet, _) in _lanelets)
            known.Add(lanelet.Id);
        foreach ((CommonRoadLanelet lanelet, XmlTree at) in _lanelets)
        {
            foreach (long id in lanelet.Predecessors.Concat(lanelet.Successors))
                NoteMissing(id, at);
            if (lanelet.AdjacentLeft is { } left)
                NoteMissing(left.Ref, at);
            if (lanelet.AdjacentRight is { } right)
                NoteMissing(right.Ref, at);
        }
        foreach ((CommonRoadPlanningProblem problem, XmlTree at) in _problems)
        {
            foreach (CommonRoadShape shape in problem.Goals.SelectMany(goal => goal.Area))
            {
                if (shape is CommonRoadLaneletArea area && !known.Contains(area.Ref))
                    _report.Error(at, $"the goal is on lanelet {area.Ref}, which does not exist");
            }
        }

        void NoteMissing(long id, XmlTree at)
        {
            if (!known.Contains(id))
                _report.Note(at, $"refers to lanelet {id}, which is not in the file");
        }
    }
}
